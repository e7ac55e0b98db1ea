/**
 * Conditions on messages, by which a consumer gets some and not others. Pure: no clock, no queue,
 * no thread.
 */
@NullMarked
package dev.warren.core.filter;

import org.jspecify.annotations.NullMarked;
