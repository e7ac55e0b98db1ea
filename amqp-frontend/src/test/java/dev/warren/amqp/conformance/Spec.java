package dev.warren.amqp.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;

/** A test of one rule of the AMQP 1.0 specification. */
@Test
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Spec {
  /** The section, such as {@code 2.7.5}. */
  String section();

  /** The rule, in our own words. */
  String says();
}
