package com.amazonaws.services.lambda.runtime.events;

import java.util.List;

/** Of the shape of the official class: JSON says Records and eventSourceARN. */
public class SQSEvent {
    private List<Message> records;

    public List<Message> getRecords() { return records; }
    public void setRecords(List<Message> value) { records = value; }

    public static class Message {
        private String messageId;
        private String eventSourceArn;

        public String getMessageId() { return messageId; }
        public void setMessageId(String value) { messageId = value; }
        public String getEventSourceArn() { return eventSourceArn; }
        public void setEventSourceArn(String value) { eventSourceArn = value; }
    }
}
