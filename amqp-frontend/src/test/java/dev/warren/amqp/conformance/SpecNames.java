package dev.warren.amqp.conformance;

import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGenerator;

/** Shows each test as its section and rule. */
final class SpecNames extends DisplayNameGenerator.Standard {
  @Override
  public String generateDisplayNameForMethod(
      List<Class<?>> enclosing, Class<?> testClass, Method method) {
    Spec spec = method.getAnnotation(Spec.class);
    return spec == null
        ? super.generateDisplayNameForMethod(enclosing, testClass, method)
        : "[" + spec.section() + "] " + spec.says();
  }
}
