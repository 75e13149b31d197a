package dev.manabi.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The starting script, in a repository of empty files, with a JDK and a Maven that only talk. */
@DisabledOnOs(OS.WINDOWS)
class ScriptTest {
  @TempDir Path temp;
  private Path root;
  private Path jdk;

  @BeforeEach
  void makeRepository() throws IOException {
    root = Files.createDirectories(temp.resolve("a repository"));
    Path script = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(script.resolve("manabi"))) {
      script = script.getParent();
    }
    Files.copy(script.resolve("manabi"), root.resolve("manabi"));
    for (String module :
        List.of("tensor", "kernels", "autograd", "nn", "data", "bench", "examples")) {
      Files.createDirectories(root.resolve(module + "/src/main/java"));
      Files.writeString(root.resolve(module + "/pom.xml"), "");
    }
    Files.writeString(root.resolve("pom.xml"), "");
    jdk = jdk("jdk 25", "25.0.1");
    executable(temp.resolve("bin/mvn"), "echo \"mvn of $JAVA_HOME: $*\"");
  }

  private Path jdk(String name, String version) throws IOException {
    Path home = temp.resolve(name);
    executable(home.resolve("bin/java"), "echo \"" + name + " runs: $*\"; exit 7");
    executable(home.resolve("bin/javac"), "exit 1");
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private static void executable(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }

  private record Result(int code, String output) {}

  private Result run(Path javaHome, String... args) throws IOException, InterruptedException {
    var command = new java.util.ArrayList<>(List.of(root.resolve("manabi").toString()));
    command.addAll(List.of(args));
    var builder = new ProcessBuilder(command).directory(temp.toFile()).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", javaHome.toString());
    builder.environment().put("PATH", temp.resolve("bin") + ":/usr/bin:/bin");
    builder.environment().put("HOME", temp.toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    return new Result(process.exitValue(), output);
  }

  private void markAsBuilt() throws IOException {
    Path stamp = root.resolve("examples/target/manabi.built");
    Files.createDirectories(stamp.getParent());
    Files.writeString(stamp, "");
    Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().plusSeconds(60)));
  }

  @Test
  void whatIsBuiltRunsAtOnceWithAllArgumentsAndItsExitCode() throws Exception {
    markAsBuilt();
    Result result = run(jdk, "predict", "my digit.png");
    assertEquals(7, result.code(), result.output());
    assertTrue(
        result.output().endsWith("dev.manabi.examples.Main predict my digit.png\n"),
        result.output());
    assertTrue(result.output().startsWith("jdk 25 runs: --enable-native-access="), result.output());
  }

  @Test
  void theFirstUseBuildsWithTheJdkThatWasFound() throws Exception {
    Result result = run(jdk, "summary", "mlp");
    assertEquals(7, result.code(), result.output());
    assertTrue(result.output().startsWith("manabi: building"), result.output());
    String log = Files.readString(root.resolve("examples/target/manabi-build.log"));
    assertTrue(log.startsWith("mvn of " + jdk + ": "), log);
    assertTrue(log.contains("-pl examples -am"), log);
    assertFalse(run(jdk, "summary", "mlp").output().contains("building"), "built twice");
  }

  @Test
  void comparisonsAreAProgramOfTheirOwn() throws Exception {
    markAsBuilt();
    Result result = run(jdk, "bench", "steps", "--json");
    assertEquals(7, result.code(), result.output());
    String log = Files.readString(root.resolve("bench/target/manabi-build.log"));
    assertTrue(log.contains("-pl bench -am"), log);
    assertTrue(
        result.output().endsWith("dev.manabi.bench.command.Main steps --json\n"), result.output());
    assertFalse(run(jdk, "bench").output().contains("building"), "built twice");
  }

  @Test
  void aChangedSourceIsBuiltAgain() throws Exception {
    markAsBuilt();
    Path source = root.resolve("nn/src/main/java/New.java");
    Files.writeString(source, "");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(120)));
    assertTrue(run(jdk).output().startsWith("manabi: building"));
  }

  @Test
  void aFailedBuildIsShownAndEndsTheScript() throws Exception {
    executable(temp.resolve("bin/mvn"), "echo 'error: no such thing'; exit 1");
    Result result = run(jdk, "summary", "mlp");
    assertEquals(1, result.code());
    assertTrue(
        result.output().endsWith("error: no such thing\nmanabi: the build failed\n"),
        result.output());
  }

  @Test
  void anOldJdkIsPassedOver() throws Exception {
    markAsBuilt();
    Path old = jdk("jdk 17", "17.0.15");
    jdk(".jdks/newer", "26");
    // Where this machine has a JDK 25 of its own in a usual place, that one comes first.
    Result result = run(old, "--version");
    assertFalse(result.output().contains("jdk 17 runs"), result.output());
    assertFalse(result.output().contains("no JDK 25"), result.output());
  }
}
