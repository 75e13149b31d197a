package dev.manabi.bench.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.autograd.Autograd;
import dev.manabi.kernels.cases.Arrangement;
import dev.manabi.kernels.cases.Input;
import dev.manabi.kernels.cases.Values;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Index;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorIndex;
import org.bytedeco.pytorch.TensorIndexVector;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Index expressions and Einstein sums against libtorch's, with their gradients, in f64. */
class IndexingAgreementTest {
  private static final double NEAR = 1e-12;

  private PointerScope scope;

  @BeforeAll
  static void start() {
    assumeTrue(Torch.isAvailable(), "libtorch's libraries are here for x86-64 Linux only");
    Torch.start(1);
  }

  @BeforeEach
  void openScope() {
    scope = new PointerScope();
  }

  @AfterEach
  void freeTensors() {
    scope.close();
  }

  private static Tensor normal(int... dims) {
    return Input.of(dims)
        .with(DType.F64)
        .with(Arrangement.STEPPED)
        .tensor(new SplittableRandom(Arrays.hashCode(dims)));
  }

  /** Compares a function's value and its gradient at {@code x}. */
  private static void assertAgree(
      Tensor x,
      Function<Tensor, Tensor> ours,
      Function<org.bytedeco.pytorch.Tensor, org.bytedeco.pytorch.Tensor> torch) {
    org.bytedeco.pytorch.Tensor peer = Peers.of(x).detach().requires_grad_(true);
    Tensor y = ours.apply(x.requiresGrad(true));
    org.bytedeco.pytorch.Tensor peerY = torch.apply(peer);
    assertEquals("", Compared.difference("value", peerY, y, NEAR));
    Tensor g = normal(y.shape().toArray());
    Tensor gradient = Autograd.grad(List.of(y), List.of(x), List.of(g), false, false).getFirst();
    org.bytedeco.pytorch.Tensor peerGradient =
        Torch.grad(peerY, Peers.of(g), false, peer).getFirst();
    assertEquals("", Compared.difference("gradient", peerGradient, gradient, NEAR));
  }

  private static TensorIndexVector at(TensorIndex... items) {
    return new TensorIndexVector(items);
  }

  private static TensorIndex all() {
    return new TensorIndex(new org.bytedeco.pytorch.Slice());
  }

  private static TensorIndex by(Tensor index) {
    return new TensorIndex(Peers.of(index));
  }

  @ParameterizedTest
  @CsvSource({"2,8,3", "-1,,-1", "7,1,-2", "-3,-9,-4", ",,5", "20,,-3", "-50,50,7", "4,4,1"})
  void rangesFollowPythonsRules(Integer start, Integer end, int step) {
    assertAgree(
        normal(10, 3),
        x -> x.get(Index.range(start, end, step)),
        x -> x.index_select(0, positions(10, start, end, step)));
  }

  /** Counts as Python's range does, for libtorch has no negative steps. */
  private static org.bytedeco.pytorch.Tensor positions(
      int size, Integer start, Integer end, int step) {
    int first = step > 0 ? 0 : size - 1;
    int from = start == null ? first : start < 0 ? start + size : start;
    int to = end == null ? (step > 0 ? size : -1) : end < 0 ? end + size : end;
    List<Long> hits = new ArrayList<>();
    for (int i = from; step > 0 ? i < to : i > to; i += step) {
      if (i >= 0 && i < size) {
        hits.add((long) i);
      } else if (step < 0 && i >= size) {
        // Python cuts a start beyond the end back to the last element.
        i = size - 1 - step;
      } else if (step > 0 && i < 0) {
        i = -step;
      }
    }
    return Torch.of(hits.stream().mapToLong(Long::longValue).toArray(), hits.size());
  }

  @Test
  void positionsNewAxesAndEllipsis() {
    assertAgree(normal(4, 5, 6), x -> x.get(-1, 2), x -> x.select(0, 3).select(0, 2));
    assertAgree(normal(4, 5, 6), x -> x.get(Index.ellipsis(), Index.at(-2)), x -> x.select(2, 4));
    assertAgree(
        normal(4, 5),
        x -> x.get(Index.newAxis(), Index.all(), Index.newAxis(), Index.at(1)),
        x -> x.select(1, 1).unsqueeze(1).unsqueeze(0));
  }

  @Test
  void indexTensorsOnOneAxis() {
    Tensor index = Tensors.of(new long[] {3, 0, -1, 3}, 2, 2);
    assertAgree(normal(4, 5), x -> x.get(index), x -> x.index(at(by(index))));
    assertAgree(
        normal(3, 4, 5),
        x -> x.get(Index.all(), Index.of(index)),
        x -> x.index(at(all(), by(index))));
  }

  @Test
  void severalIndexTensorsAreBroadcastAgainstEachOther() {
    Tensor rows = Tensors.of(new long[] {0, 2, -1}, 3, 1);
    Tensor columns = Tensors.of(new long[] {1, 4});
    assertAgree(
        normal(3, 5, 6),
        x -> x.get(Index.of(rows), Index.of(columns)),
        x -> x.index(at(by(rows), by(columns))));
    assertAgree(
        normal(2, 3, 5),
        x -> x.get(Index.all(), Index.of(rows), Index.of(columns)),
        x -> x.index(at(all(), by(rows), by(columns))));
    assertAgree(
        normal(3, 6, 5),
        x -> x.get(Index.of(rows), Index.all(), Index.of(columns)),
        x -> x.index(at(by(rows), all(), by(columns))));
  }

  @Test
  void aPositionBesideAnIndexTensorIsTakenFirst() {
    Tensor index = Tensors.of(new long[] {3, 1});
    assertAgree(
        normal(2, 3, 4),
        x -> x.get(Index.at(1), Index.all(), Index.of(index)),
        x -> x.index(at(new TensorIndex(1), all(), by(index))));
  }

  @Test
  void masksOfAnyRank() {
    Tensor rows = Tensors.of(new boolean[] {true, false, true});
    Tensor places = Tensors.of(new boolean[] {true, false, false, true, true, false}, 3, 2);
    Tensor none = Tensors.of(new boolean[] {false, false, false});
    assertAgree(normal(3, 4), x -> x.get(rows), x -> x.index(at(by(rows))));
    assertAgree(normal(3, 2, 4), x -> x.get(places), x -> x.index(at(by(places))));
    assertAgree(
        normal(4, 3, 2),
        x -> x.get(Index.all(), Index.of(places)),
        x -> x.index(at(all(), by(places))));
    assertAgree(normal(3, 4), x -> x.get(none), x -> x.index(at(by(none))));
    assertAgree(
        normal(2, 3, 4),
        x -> x.get(Index.all(), Index.of(rows), Index.range(null, null, 2)),
        x -> x.index(at(all(), by(rows))).index_select(2, Torch.of(new long[] {0, 2}, 2)));
    Tensor positive = Input.of(5, 4).with(Values.NORMAL).tensor(new SplittableRandom(3)).gt(0);
    assertAgree(
        normal(5, 4), x -> x.maskedSelect(positive), x -> x.masked_select(Peers.of(positive)));
  }

  @Test
  void writingThroughIndexTensorsMasksAndRanges() {
    Tensor index = Tensors.of(new long[] {3, 0});
    Tensor mask = Tensors.of(new boolean[] {true, false, true, false});
    Tensor row = normal(5);
    Tensor x = normal(4, 5);
    org.bytedeco.pytorch.Tensor peer = Peers.of(x);

    x.set_(row, Index.of(index));
    peer.index_put_(at(by(index)), Peers.of(row));
    assertEquals("", Compared.difference("by index", peer, x, 0));

    x.set_(-7, Index.of(mask));
    peer.index_put_(at(by(mask)), new Scalar(-7.0));
    assertEquals("", Compared.difference("by mask", peer, x, 0));

    x.set_(row, Index.all(), Index.range(null, null, -1)); // every row, turned round
    peer.copy_(Peers.of(row).flip(0).expand(4, 5));
    assertEquals("", Compared.difference("backwards", peer, x, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "ij,jk->ik; 3x4; 4x5",
        "ij,jk; 3x4; 4x5",
        "bij,bjk->bik; 2x3x4; 2x4x5",
        "bij,jk->bki; 2x3x4; 4x5",
        "i,j->ij; 3; 4",
        "i,i->; 7; 7",
        "ij,ij->j; 3x4; 3x4",
        "ij,kl->ki; 3x4; 2x5",
        "bhqd,bhkd->bhqk; 2x3x4x5; 2x3x6x5",
        "ii,ij->j; 3x3; 3x4",
        "iji,j->i; 3x4x3; 4",
        "ab,cb->ca; 3x4; 5x4",
        "nchw,oc->nohw; 2x3x4x5; 6x3",
        "ij,jk->ik; 0x4; 4x5",
        "ij,jk->ik; 3x0; 0x5",
        "bij,bjk->bik; 0x3x4; 0x4x5",
        "Ba,aB->Ba; 2x3; 3x2",
        "zy,yA; 2x3; 3x4",
        "...ij,...jk->...ik; 5x2x3; 5x3x4",
        "...ij,...jk; 5x2x3; 3x4",
        "...ij,...jk->ik...; 1x6x2x3; 5x1x3x4",
        "i...,i...->...; 3x2x4; 3x4",
        "...ij,jk->ik; 5x2x3; 3x4",
        "...,...; 2x3; 3",
        "i...j,...->j...i; 2x5x3; 5",
      })
  void einsteinSumsOfTwo(String equation, String left, String right) {
    Tensor b = normal(dims(right));
    assertAgree(
        normal(dims(left)),
        a -> Tensors.einsum(equation, a, b),
        a -> torch.einsum(equation, new TensorVector(a, Peers.of(b))));
    Tensor a = normal(dims(left)).detach();
    assertAgree(
        normal(dims(right)),
        x -> Tensors.einsum(equation, a, x),
        x -> torch.einsum(equation, new TensorVector(Peers.of(a), x)));
  }

  private static int[] dims(String sizes) {
    return Arrays.stream(sizes.split("x")).mapToInt(Integer::parseInt).toArray();
  }

  @Test
  void einsteinSumsOfOneAndOfThree() {
    for (String equation :
        List.of(
            "ij->ji",
            "ij->",
            "ij->i",
            "ij->j",
            "ii->i",
            "ii->",
            "ii",
            "ba",
            "...i->i...",
            "...->...",
            "...i")) {
      assertAgree(
          normal(4, 4),
          x -> Tensors.einsum(equation, x),
          x -> torch.einsum(equation, new TensorVector(x)));
    }
    Tensor b = normal(4, 5);
    Tensor c = normal(5, 2);
    for (String equation :
        List.of("ij,jk,kl->il", "ij,jk,kl->", "ij,jk,kl->ljki", "ij,jk,kl->jl")) {
      assertAgree(
          normal(3, 4),
          a -> Tensors.einsum(equation, a, b, c),
          a -> torch.einsum(equation, new TensorVector(a, Peers.of(b), Peers.of(c))));
    }
  }
}
