package dev.warren.amqp;

import dev.warren.amqp.sasl.Mechanisms;
import dev.warren.core.broker.Broker;
import dev.warren.core.time.BrokerClock;

/** What every connection of a server shares. Immutable. */
record FrontContext(
    Broker broker,
    AmqpServerOptions options,
    Mechanisms mechanisms,
    AddressParser addresses,
    BrokerClock clock,
    KeptLinks kept,
    TraceRules tracing) {}
