package dev.manabi.kernels.cpu;

import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The vector form of an elementwise function.
 *
 * @param species the vectors in which operands are loaded
 * @param ordinary the operands for which {@code map} is right; {@code null} if it always is
 */
record LaneFunction(VectorSpecies<?> species, Lanes.Map<?> map, Lanes.@Nullable Test<?> ordinary) {}
