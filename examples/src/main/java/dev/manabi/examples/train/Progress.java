package dev.manabi.examples.train;

/**
 * Where a run stands between two steps: with the weights and the optimizer's state, all that is
 * needed to go on as if nothing had happened.
 *
 * @param epoch the epoch under way, counted from 0
 * @param batch the batch of that epoch that comes next, counted from 0
 * @param training the sums over the batches of that epoch so far
 * @param seconds spent on that epoch so far
 * @param history the finished epochs
 * @param randomSeed seed of the random numbers of ops, such as dropout's
 * @param randomPosition how many random streams were used
 */
public record Progress(
    int epoch,
    int batch,
    Metrics training,
    double seconds,
    History history,
    long randomSeed,
    long randomPosition) {}
