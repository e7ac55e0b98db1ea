/** The configuration file: what it may hold, how it is read, and what comes of it. */
@NullMarked
package dev.warren.server.config;

import org.jspecify.annotations.NullMarked;
