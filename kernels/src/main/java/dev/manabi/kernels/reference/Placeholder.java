package dev.manabi.kernels.reference;

/** Keeps the package exportable until its first class stands here, which deletes this one. */
interface Placeholder {}
