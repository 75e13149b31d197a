package dev.manabi.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example is compiled as it stands there, and learns. */
class ReadmeTest {
  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LOSS = Pattern.compile("tensor\\((\\d+\\.\\d+), grad_fn=<\\w+>\\)");

  private static Path readme() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("README.md"))) {
      folder = folder.getParent();
    }
    return folder.resolve("README.md");
  }

  @Test
  void theExampleRunsAndItsLossFalls(@TempDir Path folder) throws Exception {
    Matcher example = EXAMPLE.matcher(Files.readString(readme()));
    assertTrue(example.find(), "the README has a Java example");
    Path source = Files.writeString(folder.resolve("Quickstart.java"), example.group(1));
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    String classPath = System.getProperty("java.class.path");
    int rc =
        javac.run(
            null,
            null,
            null,
            "-proc:none",
            "-cp",
            classPath,
            "-d",
            folder.toString(),
            source.toString());
    assertEquals(0, rc, "the example compiles");

    List<Double> losses =
        LOSS.matcher(run(folder)).results().map(r -> Double.valueOf(r.group(1))).toList();
    assertEquals(100, losses.size());
    double last = losses.subList(90, 100).stream().mapToDouble(d -> d).average().orElseThrow();
    assertTrue(losses.getFirst() > 2 && last < 0.7, losses.getFirst() + " to " + last);
  }

  private static String run(Path folder) throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      Method main = loader.loadClass("Quickstart").getDeclaredMethod("main", String[].class);
      main.setAccessible(true);
      System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
      main.invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }
    return said.toString(StandardCharsets.UTF_8);
  }
}
