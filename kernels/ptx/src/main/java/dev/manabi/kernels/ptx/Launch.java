package dev.manabi.kernels.ptx;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all blocks of one launch have in common.
 *
 * @param sharedBytes the shared memory of a block, static and dynamic
 * @param parameters the kernel's parameters as the host laid them out
 * @param symbols where the module's variables stand
 */
record Launch(
    Program program,
    DeviceMemory memory,
    Machine.Options options,
    Dim3 gridDim,
    Dim3 blockDim,
    int dynamicShared,
    int sharedBytes,
    byte[] parameters,
    Map<Variable, Long> symbols,
    @Nullable Observer observer) {}
