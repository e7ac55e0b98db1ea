/** Tests of the protocol engine. */
@NullMarked
package dev.warren.amqp.engine;

import org.jspecify.annotations.NullMarked;
