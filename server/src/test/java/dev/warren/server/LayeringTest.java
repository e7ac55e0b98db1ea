package dev.warren.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * The arrows of the architecture, and the calls nobody makes. Lives here because only this module
 * sees all others. Exceptions are named with a reason, and their number may only shrink.
 */
@AnalyzeClasses(
    packages = "dev.warren",
    importOptions = {LayeringTest.ProductionOnly.class})
class LayeringTest {

  /** Neither tests nor the programs that are not part of the broker. */
  static final class ProductionOnly implements ImportOption {
    private final ImportOption noTests = new ImportOption.DoNotIncludeTests();

    @Override
    public boolean includes(com.tngtech.archunit.core.importer.Location location) {
      return noTests.includes(location)
          && !location.contains("-tests.jar")
          && !location.contains("/dev/warren/examples/");
    }
  }

  @ArchTest
  static final ArchRule ARROWS_POINT_ONE_WAY =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("server")
          .definedBy("dev.warren.server..")
          .layer("amqp")
          .definedBy("dev.warren.amqp..")
          .layer("management")
          .definedBy("dev.warren.management..")
          .layer("core")
          .definedBy("dev.warren.core..")
          .whereLayer("server")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("amqp")
          .mayOnlyBeAccessedByLayers("server")
          .whereLayer("management")
          .mayOnlyBeAccessedByLayers("server")
          .whereLayer("core")
          .mayOnlyBeAccessedByLayers("server", "amqp", "management");

  @ArchTest
  static final ArchRule CORE_KNOWS_THE_JDK_AND_LOGGING_ONLY =
      classes()
          .that()
          .resideInAPackage("dev.warren.core..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.warren.core..",
              "java..",
              "javax.crypto..",
              "org.slf4j..",
              "org.jspecify..",
              "com.google.re2j..");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.warren.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule MESSAGES_KNOW_NO_OTHER_ROOM =
      mayKnow("dev.warren.core.message", "dev.warren.core.message");

  @ArchTest
  static final ArchRule ROUTING_KNOWS_MESSAGES =
      mayKnow("dev.warren.core.routing", "dev.warren.core.message");

  @ArchTest
  static final ArchRule FILTERS_KNOW_MESSAGES =
      mayKnow("dev.warren.core.filter", "dev.warren.core.message");

  @ArchTest
  static final ArchRule QUEUES_KNOW_MESSAGES_AND_FILTERS =
      mayKnow("dev.warren.core.queue", "dev.warren.core.message", "dev.warren.core.filter");

  @ArchTest
  static final ArchRule THE_JOURNAL_KNOWS_MESSAGES_AND_TIME =
      mayKnow("dev.warren.core.journal", "dev.warren.core.message", "dev.warren.core.time");

  @ArchTest
  static final ArchRule ROUTING_AND_QUEUES_ARE_PURE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.warren.core.routing", "dev.warren.core.queue", "dev.warren.core.filter")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..", "java.net..")
          .orShould()
          .dependOnClassesThat()
          .belongToAnyOf(Thread.class, java.util.concurrent.Executor.class);

  @ArchTest
  static final ArchRule ONLY_THE_CLOCK_READS_THE_TIME =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.warren.core.time")
          .should()
          .callMethodWhere(
              calls(System.class, "currentTimeMillis", "nanoTime")
                  .or(calls(Instant.class, "now"))
                  .or(calls(Clock.class, "systemUTC", "systemDefaultZone", "millis"))
                  .as("read the wall clock: take a BrokerClock"))
          .orShould()
          .callConstructorWhere(
              DescribedPredicate.describe(
                  "new Date()",
                  call ->
                      call.getTargetOwner().isEquivalentTo(Date.class)
                          && call.getTarget().getRawParameterTypes().isEmpty()));

  @ArchTest
  static final ArchRule NOBODY_SLEEPS =
      noClasses()
          .should()
          .callMethodWhere(
              calls(Thread.class, "sleep").as("sleep: schedule, or wait for a condition"));

  @ArchTest
  static final ArchRule NOBODY_WAITS_FOR_FUTURES =
      noClasses()
          .should()
          .callMethodWhere(
              calls(CompletableFuture.class, "join", "get")
                  .or(calls(Future.class, "get"))
                  .as("block on a future: take a callback"));

  private static ArchRule mayKnow(String room, String... known) {
    String[] allowed = new String[known.length + 4];
    System.arraycopy(known, 0, allowed, 0, known.length);
    allowed[known.length] = room;
    allowed[known.length + 1] = "java..";
    allowed[known.length + 2] = "org.slf4j..";
    allowed[known.length + 3] = "org.jspecify..";
    return classes()
        .that()
        .resideInAPackage(room)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed);
  }

  private static DescribedPredicate<JavaCall<?>> calls(Class<?> owner, String... methods) {
    Set<String> names = Set.of(methods);
    return DescribedPredicate.describe(
        owner.getSimpleName() + "." + String.join("|", methods),
        call -> {
          JavaClass target = call.getTargetOwner();
          return target.isAssignableTo(owner) && names.contains(call.getName());
        });
  }
}
