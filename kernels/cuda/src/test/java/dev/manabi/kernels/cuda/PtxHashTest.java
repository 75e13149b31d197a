package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The committed PTX is what was made of the committed sources. */
class PtxHashTest {
  @Test
  void everyPtxIsMadeOfTheSourceBesideIt() {
    List<String> stale = new ArrayList<>();
    for (Path ptx : KernelFiles.ptx()) {
      String[] head = KernelFiles.read(ptx).lines().findFirst().orElseThrow().split(" ");
      if (!head[1].equals(KernelFiles.hash(head[2]))) {
        stale.add(KernelFiles.name(ptx));
      }
    }
    assertEquals(List.of(), stale, "run kernels/cuda/ptx.sh, and commit what it makes");
  }

  @Test
  void everySourceHasPtx() {
    TreeSet<String> made = new TreeSet<>();
    KernelFiles.ptx().forEach(p -> made.add(KernelFiles.name(p).replaceAll("\\..*", "")));
    Stream.of(KernelFiles.sources(), KernelFiles.lessons())
        .flatMap(folder -> KernelFiles.files(folder, ".cu").stream())
        .map(source -> KernelFiles.sources().relativize(source).toString().replace(".cu", ""))
        .forEach(name -> assertTrue(made.contains(name), name + " has no PTX"));
  }

  @Test
  void everyPtxIsForDriversOfSeveralYearsAgo() {
    for (Path ptx : KernelFiles.ptx()) {
      String text = KernelFiles.read(ptx);
      boolean tensor = ptx.toString().endsWith(".tensor.ptx");
      assertTrue(text.contains(".version " + (tensor ? "7.0" : "6.5")), ptx + ": version");
      assertTrue(text.contains(".target " + (tensor ? "sm_80" : "sm_75")), ptx + ": target");
    }
  }
}
