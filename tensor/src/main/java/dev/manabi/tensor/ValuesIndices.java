package dev.manabi.tensor;

/**
 * Values picked along a dimension, and where they were.
 *
 * @param values the values
 * @param indices their positions along the dimension, i64
 */
public record ValuesIndices(Tensor values, Tensor indices) {}
