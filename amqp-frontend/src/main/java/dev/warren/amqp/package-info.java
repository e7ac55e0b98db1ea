/** The AMQP 1.0 front: connections, sessions and links between clients and the broker's ports. */
@NullMarked
package dev.warren.amqp;

import org.jspecify.annotations.NullMarked;
