package dev.manabi.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.kernels.ptx.Occupancy.Limit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** As CUDA's occupancy calculator ({@code cuda_occupancy.h}) has it. */
class OccupancyTest {
  @ParameterizedTest
  @CsvSource({
    // Capability, threads, registers, shared bytes; blocks, warps of how many, limit.
    "90, 256, 0, 0, 8, 64, 64, WARPS",
    "90, 32, 0, 0, 32, 32, 64, BLOCKS",
    "90, 33, 0, 0, 32, 64, 64, WARPS",
    "90, 1024, 32, 0, 2, 64, 64, WARPS",
    "90, 1025, 0, 0, 0, 0, 64, WARPS",
    // Registers come in units of 8 for each thread, and each quarter has 16384 of its own.
    "90, 256, 32, 0, 8, 64, 64, WARPS",
    "90, 256, 33, 0, 6, 48, 64, REGISTERS",
    "90, 256, 128, 0, 2, 16, 64, REGISTERS",
    "90, 256, 129, 0, 1, 8, 64, REGISTERS",
    "86, 64, 128, 0, 8, 16, 48, REGISTERS",
    "86, 64, 200, 0, 4, 8, 48, REGISTERS",
    "86, 64, 168, 0, 6, 12, 48, REGISTERS",
    "90, 1024, 64, 0, 1, 32, 64, REGISTERS",
    "90, 1024, 65, 0, 0, 0, 64, REGISTERS",
    "90, 32, 256, 0, 0, 0, 64, REGISTERS",
    "90, 32, 134217728, 0, 0, 0, 64, REGISTERS",
    "90, 0, 0, 0, 0, 0, 64, WARPS",
    // Five warps take as much as eight of a block, but only in whether one fits at all.
    "90, 160, 168, 0, 2, 10, 64, REGISTERS",
    // Each block takes 1 KiB beside its own from 8.0 on.
    "90, 256, 0, 65536, 3, 24, 64, SHARED_MEMORY",
    "90, 128, 0, 232448, 1, 4, 64, SHARED_MEMORY",
    "90, 128, 0, 232449, 0, 0, 64, SHARED_MEMORY",
    "80, 256, 0, 65536, 2, 16, 64, SHARED_MEMORY",
    "80, 128, 0, 166912, 1, 4, 64, SHARED_MEMORY",
    "80, 128, 0, 166913, 0, 0, 64, SHARED_MEMORY",
    "87, 1024, 0, 0, 1, 32, 48, WARPS",
    "89, 64, 0, 16888, 5, 10, 48, SHARED_MEMORY",
    "89, 32, 0, 0, 24, 24, 48, BLOCKS",
    "75, 256, 0, 0, 4, 32, 32, WARPS",
    "75, 32, 0, 0, 16, 16, 32, BLOCKS",
    "75, 256, 0, 65536, 1, 8, 32, SHARED_MEMORY",
    "75, 256, 0, 65537, 0, 0, 32, SHARED_MEMORY",
    // It comes in units of 256 bytes before 8.0, of 128 since.
    "75, 32, 0, 6528, 9, 9, 32, SHARED_MEMORY",
    "80, 32, 0, 6272, 23, 23, 64, SHARED_MEMORY",
    "80, 32, 0, 6273, 22, 22, 64, SHARED_MEMORY",
    "61, 1024, 0, 0, 1, 32, 32, WARPS",
  })
  void blocksFitWhileThereIsEnoughOfEverything(
      int capability,
      int threads,
      int registers,
      int shared,
      int blocks,
      int warps,
      int of,
      Limit limit) {
    assertEquals(
        new Occupancy(blocks, warps, of, limit),
        Occupancy.of(capability, threads, registers, shared));
  }
}
