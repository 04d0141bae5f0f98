// placeholder
int daybook_placeholder;
