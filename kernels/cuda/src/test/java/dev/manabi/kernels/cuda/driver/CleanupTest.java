package dev.manabi.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What fails while things are let go of does not hide why they are. */
class CleanupTest {
  private static final String JCUDA = "libJCudaDriver-12.6.0-linux-x86_64.so";

  private final List<String> done = new ArrayList<>();

  private Runnable step(String name) {
    return () -> done.add(name);
  }

  private Runnable failing(Throwable e) {
    return () -> {
      done.add(e.getMessage());
      if (e instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e;
    };
  }

  @Test
  void whatFailedFirstIsTold() {
    CudaException first = new CudaException("cuGraphInstantiate");
    CudaException second = new CudaException("cuGraphDestroy");
    Error third = new AssertionError("cuMemFreeHost");
    List<Runnable> steps = List.of(failing(second), step("a"), failing(third), step("b"));
    assertSame(first, Cleanup.after(first, steps));
    assertEquals(List.of(second, third), List.of(first.getSuppressed()));
    assertEquals(List.of("cuGraphDestroy", "a", "cuMemFreeHost", "b"), done);
  }

  @Test
  void allStepsAreDone() {
    CudaException first = new CudaException("cuStreamSynchronize");
    CudaException second = new CudaException("cuGraphExecDestroy");
    List<Runnable> steps =
        List.of(step("a"), failing(first), step("b"), failing(second), step("c"));
    assertSame(first, assertThrows(CudaException.class, () -> Cleanup.all(steps)));
    assertEquals(List.of(second), List.of(first.getSuppressed()));
    assertEquals(List.of("a", "cuStreamSynchronize", "b", "cuGraphExecDestroy", "c"), done);
  }

  @Test
  void nothingIsThrownWhereNothingFails() {
    Cleanup.all(List.of(step("a"), step("b")));
    assertEquals(List.of("a", "b"), done);
  }

  /** The folder cannot be deleted either, because there is another file in it. */
  @Test
  void aBindingThatDoesNotLoadIsToldThoughItsFolderStays() throws IOException {
    String before = System.getProperty("java.io.tmpdir");
    AtomicReference<Path> folder = new AtomicReference<>();
    UnsatisfiedLinkError first = new UnsatisfiedLinkError("libcuda.so.1");
    Runnable initialize =
        () -> {
          folder.set(Path.of(System.getProperty("java.io.tmpdir")));
          assertDoesNotThrow(() -> Files.createFile(folder.get().resolve("other")));
          throw first;
        };
    try {
      assertSame(
          first,
          assertThrows(
              UnsatisfiedLinkError.class, () -> NativeBinding.load(JCUDA, i -> i, initialize)));
      assertEquals(DirectoryNotEmptyException.class, first.getSuppressed()[0].getClass());
      assertEquals(before, System.getProperty("java.io.tmpdir"));
    } finally {
      Files.delete(folder.get().resolve("other"));
      Files.delete(folder.get());
    }
  }

  @Test
  void aBindingThatIsNotThereIsNamed() {
    var e =
        assertThrows(IOException.class, () -> NativeBinding.load("libNone.so", i -> i, step("a")));
    assertEquals("libNone.so is not on the class path or module path", e.getMessage());
    assertEquals(List.of(), done);
  }
}
