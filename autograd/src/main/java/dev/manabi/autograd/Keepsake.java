package dev.manabi.autograd;

/** Where a node finds the values of its call again: kept, or computed once more. */
sealed interface Keepsake permits SavedValues, Checkpoint.Slot {
  SavedValues values();

  /** Says that the values are not needed any more. */
  void release();
}
