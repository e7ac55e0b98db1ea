/** The protocol engine without I/O, and the one handler that joins it to a socket. */
@NullMarked
package dev.warren.amqp.engine;

import org.jspecify.annotations.NullMarked;
