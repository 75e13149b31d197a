package dev.manabi.kernels.cuda.driver;

import static dev.manabi.kernels.cuda.driver.JCudaStatus.check;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUgraphNode;
import jcuda.driver.JCudaDriver;

/** A captured graph, instantiated. */
final class JCudaGraph implements CudaGraph {
  private final JCudaContext context;
  private final CUgraph graph;
  private final CUgraphExec executable = new CUgraphExec();

  JCudaGraph(JCudaContext context, CUgraph graph) {
    this.context = context;
    this.graph = graph;
    check(JCudaDriver.cuGraphInstantiate(executable, graph, 0), "cuGraphInstantiate");
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
    check(JCudaDriver.cuGraphExecDestroy(executable), "cuGraphExecDestroy");
    check(JCudaDriver.cuGraphDestroy(graph), "cuGraphDestroy");
  }
}
