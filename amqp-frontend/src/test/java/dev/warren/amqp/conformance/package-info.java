/**
 * What the AMQP 1.0 specification asks of a container, section by section, checked with a scripted
 * peer. Each test is one rule, named in our own words beside the number of its section.
 */
@NullMarked
package dev.warren.amqp.conformance;

import org.jspecify.annotations.NullMarked;
