package dev.manabi.kernels.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

class ErfTest {
  private static final MathContext DIGITS = new MathContext(60);
  private static final BigDecimal TWO_OVER_SQRT_PI =
      BigDecimal.valueOf(2)
          .divide(
              new BigDecimal("3.14159265358979323846264338327950288419716939937510").sqrt(DIGITS),
              DIGITS);

  /** The alternating Maclaurin series, in 60 digits so that its cancellation does no harm. */
  private static double exact(double x) {
    BigDecimal square = new BigDecimal(x).pow(2, DIGITS).negate();
    BigDecimal power = new BigDecimal(x);
    BigDecimal sum = power;
    for (int n = 1; n < 300; n++) {
      power = power.multiply(square).divide(BigDecimal.valueOf(n), DIGITS);
      sum = sum.add(power.divide(BigDecimal.valueOf(2L * n + 1), DIGITS));
    }
    return sum.multiply(TWO_OVER_SQRT_PI).doubleValue();
  }

  @Test
  void agreesWithTheExactSeriesToTheLastDigits() {
    for (double x = -6.5; x < 6.5; x += 0.0173) {
      double expected = exact(x);
      assertEquals(expected, Erf.erf(x), 1e-15 * Math.abs(expected), "erf(" + x + ")");
    }
    assertEquals(exact(1e-10), Erf.erf(1e-10), 1e-25);
  }

  @Test
  void specialValues() {
    assertEquals(-0.0, Erf.erf(-0.0));
    assertEquals(1, Erf.erf(Double.POSITIVE_INFINITY));
    assertEquals(-1, Erf.erf(Double.NEGATIVE_INFINITY));
    assertTrue(Double.isNaN(Erf.erf(Double.NaN)));
    assertEquals(Double.MIN_VALUE, Erf.erf(Double.MIN_VALUE));
  }
}
