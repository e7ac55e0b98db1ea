/** Figures for Prometheus, under RabbitMQ's names (contract §13) and a few of Warren's own. */
@org.jspecify.annotations.NullMarked
package dev.warren.management.metrics;
