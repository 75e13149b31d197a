package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.manabi.kernels.cuda.driver.CudaException;
import dev.manabi.kernels.cuda.driver.JCudaDriver;
import dev.manabi.kernels.cuda.library.CudaLibraries;
import dev.manabi.kernels.cuda.library.SharedLibraries;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is said, and what still works, where something of CUDA is missing. */
class LibrariesTest {
  @BeforeAll
  static void chooseTheMachine() {
    Machines.choose();
  }

  @Test
  void aMissingLibraryIsToldWithItsFix() {
    assumeFalse(
        SharedLibraries.find("libcublas.so.12", "libcublas.so.13").isPresent(), "there is cuBLAS");
    CudaLibraries.Loaded blas = CudaLibraries.blas();
    assertEquals("", blas.path());
    assertTrue(blas.problem().contains("libcublas.so.13 and libcublas.so.12 not found"));
    assertTrue(blas.problem().contains("fix: "), blas.problem());
  }

  @Test
  void aMissingDriverIsToldWithItsFix() {
    assumeFalse(SharedLibraries.find("libcuda.so.1").isPresent(), "there is an NVIDIA driver here");
    CudaException e = assertThrows(CudaException.class, JCudaDriver::new);
    assertTrue(e.getMessage().contains("libcuda.so.1"), e.getMessage());
    assertTrue(e.getMessage().contains("fix: "), e.getMessage());
  }

  @Test
  void theBackendDescribesItself() {
    String text = String.join("\n", new CudaBackend().describe());
    assertTrue(text.contains("cuBLAS") && text.contains("cuDNN"), text);
  }
}
