/** The load tool: drives any AMQP 1.0 broker and measures what comes back. */
@NullMarked
package dev.warren.benchmarks.load;

import org.jspecify.annotations.NullMarked;
