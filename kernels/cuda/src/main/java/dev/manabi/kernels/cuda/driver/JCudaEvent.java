package dev.manabi.kernels.cuda.driver;

import static dev.manabi.kernels.cuda.driver.JCudaStatus.check;

import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** An event of a card. */
final class JCudaEvent implements CudaEvent {
  private final CUevent event = new CUevent();

  JCudaEvent(CUstream stream) {
    check(JCudaDriver.cuEventCreate(event, 0), "cuEventCreate");
    check(JCudaDriver.cuEventRecord(event, stream), "cuEventRecord");
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
