/** JMH benchmarks and the load tool. Nothing depends on it. */
@NullMarked
package dev.warren.benchmarks;

import org.jspecify.annotations.NullMarked;
