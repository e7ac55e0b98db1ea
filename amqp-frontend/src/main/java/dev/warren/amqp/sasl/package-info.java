/** Logging in over AMQP: one class for each SASL mechanism, and who is offered which. */
@NullMarked
package dev.warren.amqp.sasl;

import org.jspecify.annotations.NullMarked;
