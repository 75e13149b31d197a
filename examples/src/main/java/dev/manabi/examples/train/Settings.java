package dev.manabi.examples.train;

import org.jspecify.annotations.Nullable;

/**
 * All that the numbers of a run depend on. It is saved in the checkpoint, so that resuming needs no
 * option.
 *
 * @param recipe name of the {@link Recipe}
 * @param epochs how many to train; the only one that resuming may change
 * @param batch examples per step
 * @param lr learning rate at its highest
 * @param schedule how it changes
 * @param seed of the initial weights, of dropout, of the order of the images and of augmentation
 * @param data folder of the image files; absent for the embedded ones
 * @param trainSize how many training images are used, from the first on
 * @param testSize how many test images are used, from the first on
 * @param validation how many of the training images are held out of training
 * @param patience stops when the held-out loss has not fallen for so many epochs; 0 for never
 */
public record Settings(
    String recipe,
    int epochs,
    int batch,
    double lr,
    Schedule schedule,
    long seed,
    @Nullable String data,
    int trainSize,
    int testSize,
    int validation,
    int patience) {

  /** What epochs of this run are measured on. */
  public Judge judge() {
    return validation > 0 ? Judge.VALIDATION : Judge.TEST;
  }

  /** The same run, longer or shorter. */
  public Settings withEpochs(int other) {
    return new Settings(
        recipe, other, batch, lr, schedule, seed, data, trainSize, testSize, validation, patience);
  }
}
