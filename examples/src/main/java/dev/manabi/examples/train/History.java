package dev.manabi.examples.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The epochs of a run so far, and what can be told from them. All of it follows from the list, so a
 * resumed run judges as the uninterrupted one would.
 */
public record History(List<EpochMetrics> epochs) {
  /** How long the held-out loss must fail to fall before that is called overfitting. */
  private static final int OVERFITTING_EPOCHS = 3;

  /** Before the first epoch. */
  public static final History NONE = new History(List.of());

  /** Copies the list. */
  public History {
    epochs = List.copyOf(epochs);
  }

  /** With an epoch added. */
  public History plus(EpochMetrics epoch) {
    List<EpochMetrics> more = new ArrayList<>(epochs);
    more.add(epoch);
    return new History(more);
  }

  /**
   * The epoch of the highest held-out accuracy; among equals, of the lowest held-out loss.
   *
   * @throws NoSuchElementException before the first epoch
   */
  public EpochMetrics best() {
    return epochs.stream()
        .max(
            Comparator.comparingDouble(EpochMetrics::heldOutAccuracy)
                .thenComparingDouble(e -> -e.heldOutLoss()))
        .orElseThrow();
  }

  /** Whether the last epoch is the best one. */
  public boolean lastIsBest() {
    return best().equals(epochs.getLast());
  }

  /** Whether the held-out loss has not fallen for {@code patience} epochs. */
  public boolean isStalled(int patience) {
    return !epochs.isEmpty() && epochs.size() - lowestLoss().epoch() >= patience;
  }

  /** One line that says since when the model overfits, if it does. */
  public Optional<String> overfitting() {
    if (!isStalled(OVERFITTING_EPOCHS)) {
      return Optional.empty();
    }
    EpochMetrics turn = lowestLoss();
    EpochMetrics last = epochs.getLast();
    boolean learnsByHeart =
        last.trainLoss() < turn.trainLoss() && last.heldOutLoss() > turn.heldOutLoss();
    return learnsByHeart ? Optional.of(overfitting(turn, last)) : Optional.empty();
  }

  private static String overfitting(EpochMetrics turn, EpochMetrics last) {
    return "Overfitting since epoch %d: training loss went on falling, %.4f to %.4f; %s loss rose, %.4f to %.4f."
        .formatted(
            turn.epoch(),
            turn.trainLoss(),
            last.trainLoss(),
            turn.judge().label().toLowerCase(java.util.Locale.ROOT),
            turn.heldOutLoss(),
            last.heldOutLoss());
  }

  private EpochMetrics lowestLoss() {
    return epochs.stream().min(Comparator.comparingDouble(EpochMetrics::heldOutLoss)).orElseThrow();
  }
}
