/** Queues as single-owner state machines: commands in, effects out, time as a parameter. */
@NullMarked
package dev.warren.core.queue;

import org.jspecify.annotations.NullMarked;
