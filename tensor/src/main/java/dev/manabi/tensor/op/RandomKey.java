package dev.manabi.tensor.op;

/**
 * Where an op reads the counter-based Philox-4x32-10 generator (Salmon et al., "Parallel Random
 * Numbers: As Easy as 1, 2, 3", SC 2011).
 *
 * <p>Element {@code i} of the op takes word {@code i % 4} of the block with key {@code seed} and
 * counter {@code (i / 4, stream)}.
 *
 * @param seed the generator's seed: the 64-bit Philox key
 * @param stream a number that differs for every op that draws from the same seed: the upper half of
 *     the 128-bit counter
 */
public record RandomKey(long seed, long stream) {}
