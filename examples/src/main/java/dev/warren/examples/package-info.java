/** Three programs from real life that use Warren through an ordinary AMQP 1.0 client. */
@NullMarked
package dev.warren.examples;

import org.jspecify.annotations.NullMarked;
