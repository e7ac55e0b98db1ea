/**
 * What the node {@code /management} understands and does (contract §4): requests and responses as
 * values, operations on a virtual host. Knows no link and no connection.
 */
@NullMarked
package dev.warren.amqp.management;

import org.jspecify.annotations.NullMarked;
