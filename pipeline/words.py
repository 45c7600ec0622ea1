"""Words of spec 5 and 6 that several steps share."""

ACCEPTED, RETURNED, NOT_REPORTED, CONTACT_ONLY = "已接收", "退回补正", "未报送", "联系表"
PRAISE, CRITICISM = "表扬", "通报"
SELF_REPORT = "自查报告"
