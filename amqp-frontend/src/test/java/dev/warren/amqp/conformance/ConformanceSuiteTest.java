package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The suite itself: a class for each section, and enough rules. */
class ConformanceSuiteTest {
  private static final int RULES_MIN = 250;

  /** The sections, and the class that has the rules of each. */
  private static final Map<String, Class<?>> SECTIONS = new LinkedHashMap<>();

  /** What several sections say of one subject. */
  private static final List<Class<?>> SUBJECTS =
      List.of(SettlementTest.class, ResumptionTest.class, LinkFlowTest.class);

  static {
    SECTIONS.put("2.2", VersionNegotiationTest.class);
    SECTIONS.put("2.3", FramingTest.class);
    SECTIONS.put("2.4", ConnectionsTest.class);
    SECTIONS.put("2.5", SessionsTest.class);
    SECTIONS.put("2.6", LinksTest.class);
    SECTIONS.put("2.7", PerformativesTest.class);
    SECTIONS.put("2.8", DefinitionsTest.class);
    SECTIONS.put("3.2", MessageFormatTest.class);
    SECTIONS.put("3.3", DistributionNodesTest.class);
    SECTIONS.put("3.4", DeliveryStateTest.class);
    SECTIONS.put("3.5", TerminiTest.class);
    SECTIONS.put("4", TransactionsTest.class);
    SECTIONS.put("5.3", SaslTest.class);
  }

  @Test
  void eachRuleStandsInTheClassOfItsSection() {
    for (Map.Entry<String, Class<?>> section : SECTIONS.entrySet()) {
      assertThat(rules(section.getValue()))
          .as("rules of section %s", section.getKey())
          .isNotEmpty()
          .allSatisfy(rule -> assertThat(rule.section() + ".").startsWith(section.getKey() + "."));
    }
  }

  @Test
  void noRuleIsCountedTwiceAndThereAreEnough() {
    List<String> rules = new ArrayList<>();
    SECTIONS.values().forEach(type -> rules(type).forEach(rule -> rules.add(rule.says())));
    SUBJECTS.forEach(type -> rules(type).forEach(rule -> rules.add(rule.says())));

    assertThat(rules).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(RULES_MIN);
  }

  private static List<Spec> rules(Class<?> type) {
    List<Spec> rules = new ArrayList<>();
    for (Method method : type.getDeclaredMethods()) {
      Spec spec = method.getAnnotation(Spec.class);
      if (spec != null) {
        rules.add(spec);
      }
    }
    return rules;
  }
}
