/** The management node, without a connection. */
@NullMarked
package dev.warren.amqp.management;

import org.jspecify.annotations.NullMarked;
