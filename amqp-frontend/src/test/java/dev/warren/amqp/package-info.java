/** Tests of the AMQP front. */
@NullMarked
package dev.warren.amqp;

import org.jspecify.annotations.NullMarked;
