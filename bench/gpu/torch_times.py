"""PyTorch's times of the workloads that `manabi gpu` measures, on the same GPU.

    python3 torch_times.py FIGURES.tsv OUT.tsv [--small]

FIGURES.tsv is what manabi wrote: one workload a line, as name, dtype, dims, bytes, operations,
milliseconds, separated by tabs. OUT.tsv has the same lines with PyTorch's milliseconds; workloads that
PyTorch does not have are left out. Everything is warmed up, timed with CUDA events over enough runs for
20 ms, nine times over; the median counts. f32 is computed in f32, not in TF32, as manabi does.
"""

import statistics
import sys
import time

import torch
from torch.nn import functional as F

SAMPLES = 9
SAMPLE_MS = 20.0
WARM_SECONDS = 0.15
WARM_SECONDS_OF_STEPS = 2.0

DEVICE = torch.device("cuda:0")
DTYPES = {
    "f32": torch.float32,
    "f64": torch.float64,
    "f16": torch.float16,
    "bf16": torch.bfloat16,
    "i64": torch.int64,
}


def elapsed(work, runs):
    """Milliseconds of so many runs."""
    start = torch.cuda.Event(enable_timing=True)
    end = torch.cuda.Event(enable_timing=True)
    start.record()
    for _ in range(runs):
        work()
    end.record()
    end.synchronize()
    return start.elapsed_time(end)


def median_ms(work, small, warm_seconds=WARM_SECONDS):
    work()
    torch.cuda.synchronize()
    if small:
        return elapsed(work, 1)
    runs, spent, begin = 0, 0.0, time.monotonic()
    while time.monotonic() - begin < warm_seconds:
        spent += elapsed(work, 4)
        runs += 4
    count = max(1, round(SAMPLE_MS * runs / spent))
    return statistics.median(elapsed(work, count) / count for _ in range(SAMPLES))


def rand(dtype, *dims):
    return torch.rand(dims, device=DEVICE, dtype=torch.float32).to(dtype)


def images(dtype, *dims):
    return rand(dtype, *dims).contiguous(memory_format=torch.channels_last)


def unary(function):
    def prepare(dtype, dims):
        x = rand(dtype, *dims)
        return lambda: function(x)

    return prepare


def add(dtype, dims):
    x, y = rand(dtype, *dims), rand(dtype, *dims)
    return lambda: x + y


def add_row(dtype, dims):
    x, row = rand(dtype, *dims), rand(dtype, dims[1])
    return lambda: x + row


def cat(dtype, dims):
    x, y = rand(dtype, *dims), rand(dtype, *dims)
    return lambda: torch.cat((x, y), 0)


def layer_norm(dtype, dims):
    x, scale = rand(dtype, *dims), rand(dtype, dims[1])
    return lambda: F.layer_norm(x, (dims[1],), scale, scale, 1e-5)


def layer_norm_gradient(dtype, dims):
    x, g, scale = rand(dtype, *dims), rand(dtype, *dims), rand(dtype, dims[1])
    _, mean, rstd = torch.native_layer_norm(x, (dims[1],), scale, scale, 1e-5)
    backward = torch.ops.aten.native_layer_norm_backward
    return lambda: backward(g, x, (dims[1],), mean, rstd, scale, scale, [True, True, True])


def batch_norm_relu(dtype, dims):
    x, scale = images(dtype, *dims), rand(dtype, dims[1])
    return lambda: F.relu(F.batch_norm(x, None, None, scale, scale, True, 0.1, 1e-5), inplace=True)


def batch_norm_relu_gradient(dtype, dims):
    x, g, scale = images(dtype, *dims), images(dtype, *dims), rand(dtype, dims[1])
    y, mean, rstd = torch.native_batch_norm(x, scale, scale, None, None, True, 0.1, 1e-5)
    y = F.relu(y)
    masked = torch.ops.aten.threshold_backward
    backward = torch.ops.aten.native_batch_norm_backward

    def work():
        counting = masked(g, y, 0)
        backward(counting, x, scale, None, None, mean, rstd, True, 1e-5, [True, True, True])

    return work


def cross_entropy(dtype, dims):
    x = rand(dtype, *dims)
    target = torch.randint(0, dims[1], (dims[0],), device=DEVICE)
    return lambda: F.cross_entropy(x, target, reduction="none")


def gather_rows(dtype, dims):
    x = rand(dtype, *dims)
    index = torch.randint(0, dims[0], (dims[0],), device=DEVICE)
    return lambda: x.index_select(0, index)


def add_rows(dtype, dims):
    g = rand(dtype, *dims)
    index = torch.randint(0, dims[0], (dims[0],), device=DEVICE)
    y = torch.zeros_like(g)
    return lambda: torch.zeros_like(y).index_add_(0, index, g)


def max_pool(dtype, dims):
    x = images(dtype, *dims)
    return lambda: F.max_pool2d(x, 2, 2, return_indices=True)


def max_pool_gradient(dtype, dims):
    x = images(dtype, *dims)
    y, index = F.max_pool2d(x, 2, 2, return_indices=True)
    g = torch.ones_like(y)
    backward = torch.ops.aten.max_pool2d_with_indices_backward
    return lambda: backward(g, x, [2, 2], [2, 2], [0, 0], [1, 1], False, index)


def optimizer(make):
    def prepare(dtype, dims):
        parameters = [rand(dtype, *dims).requires_grad_() for _ in range(8)]
        for p in parameters:
            p.grad = torch.rand_like(p)
        step = make(parameters)
        return step.step

    return prepare


def product(transposed):
    def prepare(dtype, dims):
        m, k, n = dims
        a, b = rand(dtype, m, k), rand(dtype, n, k).t() if transposed else rand(dtype, k, n)
        return lambda: a @ b

    return prepare


def convolution(which):
    def prepare(dtype, dims):
        n, c, side, _ = dims
        x, g = images(dtype, *dims), images(dtype, *dims)
        w = images(dtype, c, c, 3, 3)
        if which == "planar":
            x, w = x.contiguous(), w.contiguous()
        if which in ("forward", "planar"):
            return lambda: F.conv2d(x, w, padding=1)
        mask = [which == "data", which == "weight", False]
        backward = torch.ops.aten.convolution_backward
        one = [1, 1]
        return lambda: backward(g, x, w, None, one, one, one, False, [0, 0], 1, mask)

    return prepare


class MNISTNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 32, 5)
        self.conv2 = torch.nn.Conv2d(32, 64, 5)
        self.fc1 = torch.nn.Linear(1024, 128)
        self.fc2 = torch.nn.Linear(128, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2, 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2, 2)
        x = F.dropout(F.relu(self.fc1(x.flatten(1))), 0.5)
        return self.fc2(x)


def training_step(batch, capturable):
    model = MNISTNet().to(DEVICE)
    optim = torch.optim.Adam(model.parameters(), 1e-3, capturable=capturable)
    x = torch.rand(batch, 1, 28, 28, device=DEVICE)
    labels = torch.randint(0, 10, (batch,), device=DEVICE)

    def step():
        optim.zero_grad(set_to_none=True)
        F.cross_entropy(model(x), labels).backward()
        optim.step()

    return step


def eager_step(dtype, dims):
    return training_step(dims[0], False)


def graph_step(dtype, dims):
    step = training_step(dims[0], True)
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def cast_to_bf16(x):
    return x.to(torch.bfloat16)


WORKLOADS = {
    "copy": unary(torch.clone),
    "transpose": unary(lambda x: x.t().contiguous()),
    "cast to bf16": unary(cast_to_bf16),
    "exp": unary(torch.exp),
    "add": add,
    "add a row": add_row,
    "concatenate": cat,
    "pad": unary(lambda x: F.pad(x, (1, 1))),
    "dropout": unary(lambda x: F.dropout(x, 0.5)),
    "normal random": unary(torch.randn_like),
    "sum of all": unary(torch.sum),
    "sum of rows": unary(lambda x: x.sum(1)),
    "sum of columns": unary(lambda x: x.sum(0)),
    "argmax of rows": unary(lambda x: x.argmax(1)),
    "cumulative sum of rows": unary(lambda x: x.cumsum(1)),
    "argsort of rows": unary(lambda x: x.argsort(1)),
    "positions of non-zeros": unary(torch.nonzero),
    "softmax": unary(lambda x: x.softmax(1)),
    "cross-entropy": cross_entropy,
    "layer norm": layer_norm,
    "layer norm, gradient": layer_norm_gradient,
    "batch norm + ReLU": batch_norm_relu,
    "batch norm + ReLU, gradient": batch_norm_relu_gradient,
    "max pool 2x2": max_pool,
    "max pool 2x2, gradient": max_pool_gradient,
    "average pool 2x2": lambda dtype, dims: (lambda x: lambda: F.avg_pool2d(x, 2))(images(dtype, *dims)),
    "bilinear x2": lambda dtype, dims: (
        lambda x: lambda: F.interpolate(x, scale_factor=2, mode="bilinear")
    )(images(dtype, *dims)),
    "gather rows": gather_rows,
    "add to rows": add_rows,
    "Adam": optimizer(lambda p: torch.optim.Adam(p, 1e-3, fused=True)),
    "SGD with momentum": optimizer(lambda p: torch.optim.SGD(p, 1e-3, momentum=0.9, fused=True)),
    "A B": product(False),
    "A B^T": product(True),
    "3x3 convolution": convolution("forward"),
    "3x3 convolution, planar": convolution("planar"),
    "3x3 convolution, data gradient": convolution("data"),
    "3x3 convolution, weight gradient": convolution("weight"),
    "MNISTNet step, eager": eager_step,
    "MNISTNet step, graph": graph_step,
}


def main():
    source, target = sys.argv[1:3]
    small = "--small" in sys.argv[3:]
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    print(f"PyTorch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}", file=sys.stderr)
    with open(source) as lines, open(target, "w") as out:
        for line in lines:
            name, dtype, dims, *rest = line.rstrip("\n").split("\t")
            if name not in WORKLOADS:
                continue
            step = name.startswith("MNISTNet")
            try:
                work = WORKLOADS[name](DTYPES[dtype], [int(d) for d in dims.split("x")])
                warm = WARM_SECONDS_OF_STEPS if step else WARM_SECONDS
                rest[-1] = repr(median_ms(work, small, warm))
            except Exception as e:  # one that does not run must not cost us the others
                print(f"{name} {dtype} {dims}: {e}", file=sys.stderr)
                continue
            out.write("\t".join([name, dtype, dims, *rest]) + "\n")
            out.flush()
            del work
            torch.cuda.empty_cache()


main()
