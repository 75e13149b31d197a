package dev.manabi.kernels.cuda.driver;

import static dev.manabi.kernels.cuda.driver.JCudaStatus.check;

import java.lang.foreign.MemorySegment;
import java.util.List;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUgraphNode;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A captured graph, instantiated. */
final class JCudaGraph implements CudaGraph {
  private final JCudaContext context;
  private final CUgraph graph;
  private final CUgraphExec executable = new CUgraphExec();

  /** Pinned memory that a launch reads. */
  private final List<MemorySegment> sources;

  JCudaGraph(JCudaContext context, CUgraph graph, List<MemorySegment> sources) {
    this.context = context;
    this.graph = graph;
    this.sources = sources;
    int status = JCudaDriver.cuGraphInstantiate(executable, graph, 0);
    if (status != CUresult.CUDA_SUCCESS) {
      throw Cleanup.after(JCudaStatus.failure(status, "cuGraphInstantiate", ""), release());
    }
  }

  /** What lets go of the graph and of what it reads. */
  private List<Runnable> release() {
    List<Runnable> steps = context.release(sources);
    steps.addFirst(() -> check(JCudaDriver.cuGraphDestroy(graph), "cuGraphDestroy"));
    return steps;
  }

  @Override
  public void launch() {
    check(JCudaDriver.cuGraphLaunch(executable, context.stream()), "cuGraphLaunch");
  }

  @Override
  public int size() {
    long[] count = new long[1];
    CUgraphNode[] none = null;
    check(JCudaDriver.cuGraphGetNodes(graph, none, count), "cuGraphGetNodes");
    return (int) count[0];
  }

  @Override
  public void close() {
    List<Runnable> steps = release();
    steps.addFirst(() -> check(JCudaDriver.cuGraphExecDestroy(executable), "cuGraphExecDestroy"));
    if (!sources.isEmpty()) {
      steps.addFirst(context::synchronize);
    }
    Cleanup.all(steps);
  }
}
