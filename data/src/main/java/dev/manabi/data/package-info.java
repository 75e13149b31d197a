/**
 * Datasets and the loaders that batch them.
 *
 * <pre>
 * var transform = new Compose(new ToTensor(), new Normalize(Mnist.MEAN, Mnist.STD));
 * var loader = DataLoader.of(Mnist.train().map(transform)).batchSize(64).shuffle(true).build();
 * for (Batch batch : loader) { .. }
 * </pre>
 *
 * <p>To read: {@link dev.manabi.data.Dataset}, {@link dev.manabi.data.Image}, {@link
 * dev.manabi.data.transforms.Transform}, {@link dev.manabi.data.Batch}, {@link
 * dev.manabi.data.DataLoader}.
 */
@NullMarked
package dev.manabi.data;

import org.jspecify.annotations.NullMarked;
