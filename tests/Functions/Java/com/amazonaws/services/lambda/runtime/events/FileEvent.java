package com.amazonaws.services.lambda.runtime.events;

import java.nio.ByteBuffer;
import java.util.Date;

/** Of the shape of the official classes of object events: final members and one constructor with all of them; times are seconds. */
public class FileEvent {
    private final String xAmzId2;
    private final Long size;
    private final Date at;
    private final ByteBuffer data;
    private final boolean isBase64Encoded;

    public FileEvent(String xAmzId2, Long size, Date at, ByteBuffer data, boolean isBase64Encoded) {
        this.xAmzId2 = xAmzId2;
        this.size = size;
        this.at = at;
        this.data = data;
        this.isBase64Encoded = isBase64Encoded;
    }

    public String getxAmzId2() { return xAmzId2; }
    public Long getSize() { return size; }
    public Date getAt() { return at; }
    public ByteBuffer getData() { return data; }
    public boolean isBase64Encoded() { return isBase64Encoded; }
}
