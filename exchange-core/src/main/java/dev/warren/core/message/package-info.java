/**
 * The immutable encoded message, the fields routing needs, and the AMQP 1.0 type codec behind them.
 */
@NullMarked
package dev.warren.core.message;

import org.jspecify.annotations.NullMarked;
