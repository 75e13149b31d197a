package dev.manabi.data;

/**
 * One labelled picture.
 *
 * @param image the picture
 * @param label the index of its class
 */
public record Example(Image image, int label) {}
