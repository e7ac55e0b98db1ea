/** The operator's side: RabbitMQ's HTTP API and the console, which is a client of it. */
@NullMarked
package dev.warren.management;

import org.jspecify.annotations.NullMarked;
