package dev.manabi.kernels.reference;

import static dev.manabi.kernels.reference.Reference.shape;
import static dev.manabi.kernels.reference.Reference.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElementsTest {
  private static double roundTrip(DType dtype, double value) {
    return Elements.of(tensor(dtype, shape(1), value)).get(0);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void smallNumbersSurviveInEveryDtype(DType dtype) {
    assertEquals(1, roundTrip(dtype, 1));
    assertEquals(0, roundTrip(dtype, 0));
  }

  @Test
  void bf16RoundsToNearestEvenAndKeepsSpecialValues() {
    assertEquals(1, roundTrip(DType.BF16, 1 + 0x1p-8));
    assertEquals(1 + 0x1p-7, roundTrip(DType.BF16, 1 + 0x1.01p-8));
    assertEquals(1 + 0x1p-6, roundTrip(DType.BF16, 1 + 3 * 0x1p-8));
    assertEquals(Double.POSITIVE_INFINITY, roundTrip(DType.BF16, Float.MAX_VALUE));
    assertEquals(-0.0, roundTrip(DType.BF16, -0.0));
    float quietPayloadInLowBits = Float.intBitsToFloat(0x7F800001);
    assertTrue(Float.isNaN(BFloat16.toFloat(BFloat16.fromFloat(quietPayloadInLowBits))));
  }

  @Test
  void f16RoundsToNearestEven() {
    assertEquals(2048, roundTrip(DType.F16, 2049));
    assertEquals(2052, roundTrip(DType.F16, 2051));
    assertEquals(0x1p-24, roundTrip(DType.F16, 0x1p-24));
  }

  @Test
  void integersKeepTheirLowBits() {
    assertEquals(44, roundTrip(DType.U8, 300));
    assertEquals(-1, roundTrip(DType.I8, 255));
    assertEquals(1, roundTrip(DType.BOOL, 0.25));
  }

  @Test
  void anElementOutsideTheStorageIsRefused() {
    Elements e = Elements.of(tensor(DType.F32, shape(1), 1));
    assertThrows(IndexOutOfBoundsException.class, () -> e.get(1L << 20));
    assertThrows(IndexOutOfBoundsException.class, () -> e.get(-1));
  }
}
