package dev.manabi.kernels.cuda.driver;

import static dev.manabi.kernels.cuda.driver.JCudaStatus.check;

import java.util.List;
import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** An event of a card. */
final class JCudaEvent implements CudaEvent {
  private final CUevent event = new CUevent();

  JCudaEvent(CUstream stream) {
    check(JCudaDriver.cuEventCreate(event, 0), "cuEventCreate");
    int status = JCudaDriver.cuEventRecord(event, stream);
    if (status != CUresult.CUDA_SUCCESS) {
      throw Cleanup.after(JCudaStatus.failure(status, "cuEventRecord", ""), List.of(this::close));
    }
  }

  @Override
  public void await() {
    check(JCudaDriver.cuEventSynchronize(event), "cuEventSynchronize");
  }

  @Override
  public double since(CudaEvent earlier) {
    await();
    float[] milliseconds = new float[1];
    check(
        JCudaDriver.cuEventElapsedTime(milliseconds, ((JCudaEvent) earlier).event, event),
        "cuEventElapsedTime");
    return milliseconds[0];
  }

  @Override
  public void close() {
    check(JCudaDriver.cuEventDestroy(event), "cuEventDestroy");
  }
}
