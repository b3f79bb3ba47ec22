"""What a region is called, where the shape of its code is known: provinces of GB/T 2260, ISO 3166, states of the US.

Chinese names of provinces and English ones follow GB/T 2260 and its romanisation; the rest are the common short names.
"""

# ruff: noqa: E501 - tables of names

import re

from ievq_pipeline.domain.text import Text

#: the first two digits of a GB/T 2260 code
PROVINCES = {
    "11": Text("北京市", "Beijing"), "12": Text("天津市", "Tianjin"), "13": Text("河北省", "Hebei"),
    "14": Text("山西省", "Shanxi"), "15": Text("内蒙古自治区", "Inner Mongolia"), "21": Text("辽宁省", "Liaoning"),
    "22": Text("吉林省", "Jilin"), "23": Text("黑龙江省", "Heilongjiang"), "31": Text("上海市", "Shanghai"),
    "32": Text("江苏省", "Jiangsu"), "33": Text("浙江省", "Zhejiang"), "34": Text("安徽省", "Anhui"),
    "35": Text("福建省", "Fujian"), "36": Text("江西省", "Jiangxi"), "37": Text("山东省", "Shandong"),
    "41": Text("河南省", "Henan"), "42": Text("湖北省", "Hubei"), "43": Text("湖南省", "Hunan"),
    "44": Text("广东省", "Guangdong"), "45": Text("广西壮族自治区", "Guangxi"), "46": Text("海南省", "Hainan"),
    "50": Text("重庆市", "Chongqing"), "51": Text("四川省", "Sichuan"), "52": Text("贵州省", "Guizhou"),
    "53": Text("云南省", "Yunnan"), "54": Text("西藏自治区", "Tibet"), "61": Text("陕西省", "Shaanxi"),
    "62": Text("甘肃省", "Gansu"), "63": Text("青海省", "Qinghai"), "64": Text("宁夏回族自治区", "Ningxia"),
    "65": Text("新疆维吾尔自治区", "Xinjiang"), "71": Text("台湾省", "Taiwan"), "81": Text("香港特别行政区", "Hong Kong"),
    "82": Text("澳门特别行政区", "Macao"),
}  # fmt: skip
STATES = {
    "AL": Text("亚拉巴马州", "Alabama"), "AK": Text("阿拉斯加州", "Alaska"), "AZ": Text("亚利桑那州", "Arizona"),
    "AR": Text("阿肯色州", "Arkansas"), "CA": Text("加利福尼亚州", "California"), "CO": Text("科罗拉多州", "Colorado"),
    "CT": Text("康涅狄格州", "Connecticut"), "DE": Text("特拉华州", "Delaware"),
    "DC": Text("华盛顿哥伦比亚特区", "Washington, D.C."), "FL": Text("佛罗里达州", "Florida"),
    "GA": Text("佐治亚州", "Georgia (US)"), "HI": Text("夏威夷州", "Hawaii"), "ID": Text("爱达荷州", "Idaho"),
    "IL": Text("伊利诺伊州", "Illinois"), "IN": Text("印第安纳州", "Indiana"), "IA": Text("艾奥瓦州", "Iowa"),
    "KS": Text("堪萨斯州", "Kansas"), "KY": Text("肯塔基州", "Kentucky"), "LA": Text("路易斯安那州", "Louisiana"),
    "ME": Text("缅因州", "Maine"), "MD": Text("马里兰州", "Maryland"), "MA": Text("马萨诸塞州", "Massachusetts"),
    "MI": Text("密歇根州", "Michigan"), "MN": Text("明尼苏达州", "Minnesota"), "MS": Text("密西西比州", "Mississippi"),
    "MO": Text("密苏里州", "Missouri"), "MT": Text("蒙大拿州", "Montana"), "NE": Text("内布拉斯加州", "Nebraska"),
    "NV": Text("内华达州", "Nevada"), "NH": Text("新罕布什尔州", "New Hampshire"), "NJ": Text("新泽西州", "New Jersey"),
    "NM": Text("新墨西哥州", "New Mexico"), "NY": Text("纽约州", "New York State"),
    "NC": Text("北卡罗来纳州", "North Carolina"), "ND": Text("北达科他州", "North Dakota"), "OH": Text("俄亥俄州", "Ohio"),
    "OK": Text("俄克拉何马州", "Oklahoma"), "OR": Text("俄勒冈州", "Oregon"), "PA": Text("宾夕法尼亚州", "Pennsylvania"),
    "PR": Text("波多黎各", "Puerto Rico"), "RI": Text("罗得岛州", "Rhode Island"),
    "SC": Text("南卡罗来纳州", "South Carolina"), "SD": Text("南达科他州", "South Dakota"),
    "TN": Text("田纳西州", "Tennessee"), "TX": Text("得克萨斯州", "Texas"), "UT": Text("犹他州", "Utah"),
    "VT": Text("佛蒙特州", "Vermont"), "VA": Text("弗吉尼亚州", "Virginia"),
    "WA": Text("华盛顿州", "Washington State"), "WV": Text("西弗吉尼亚州", "West Virginia"),
    "WI": Text("威斯康星州", "Wisconsin"), "WY": Text("怀俄明州", "Wyoming"),
}  # fmt: skip
COUNTRIES = {
    "AE": Text("阿联酋", "the United Arab Emirates"), "AR": Text("阿根廷", "Argentina"), "AT": Text("奥地利", "Austria"),
    "AU": Text("澳大利亚", "Australia"), "BE": Text("比利时", "Belgium"), "BR": Text("巴西", "Brazil"),
    "CA": Text("加拿大", "Canada"), "CH": Text("瑞士", "Switzerland"), "CL": Text("智利", "Chile"),
    "CN": Text("中国", "China"), "CO": Text("哥伦比亚", "Colombia"), "CZ": Text("捷克", "Czechia"),
    "DE": Text("德国", "Germany"), "DK": Text("丹麦", "Denmark"), "EE": Text("爱沙尼亚", "Estonia"),
    "ES": Text("西班牙", "Spain"), "FI": Text("芬兰", "Finland"), "FR": Text("法国", "France"),
    "GB": Text("英国", "the United Kingdom"), "GR": Text("希腊", "Greece"), "HK": Text("中国香港", "Hong Kong, China"),
    "HU": Text("匈牙利", "Hungary"), "ID": Text("印度尼西亚", "Indonesia"), "IE": Text("爱尔兰", "Ireland"),
    "IL": Text("以色列", "Israel"), "IN": Text("印度", "India"), "IT": Text("意大利", "Italy"),
    "JP": Text("日本", "Japan"), "KR": Text("韩国", "South Korea"), "MO": Text("中国澳门", "Macao, China"),
    "MX": Text("墨西哥", "Mexico"), "MY": Text("马来西亚", "Malaysia"), "NL": Text("荷兰", "the Netherlands"),
    "NO": Text("挪威", "Norway"), "NZ": Text("新西兰", "New Zealand"), "PH": Text("菲律宾", "the Philippines"),
    "PL": Text("波兰", "Poland"), "PT": Text("葡萄牙", "Portugal"), "RO": Text("罗马尼亚", "Romania"),
    "RU": Text("俄罗斯", "Russia"), "SE": Text("瑞典", "Sweden"), "SG": Text("新加坡", "Singapore"),
    "SI": Text("斯洛文尼亚", "Slovenia"), "TH": Text("泰国", "Thailand"), "TR": Text("土耳其", "Türkiye"),
    "TW": Text("中国台湾", "Taiwan, China"), "UA": Text("乌克兰", "Ukraine"), "US": Text("美国", "the United States"),
    "VN": Text("越南", "Vietnam"), "ZA": Text("南非", "South Africa"),
}  # fmt: skip
DIVISION = re.compile(r"(?:gbt2260:)?([0-9]{2})([0-9]{4})")
SUBDIVISION = re.compile(r"(?:iso3166:US-|us-state:)([A-Z]{2})")
COUNTRY = re.compile(r"iso3166:([A-Z]{2})")


def title(code: str, language: str) -> str:
    """The region in words; of a city or county its province with the code, and the code alone where it says nothing."""
    if (found := DIVISION.fullmatch(code)) and (province := PROVINCES.get(found[1])):
        digits = found[1] + found[2]
        beside = "" if found[2] == "0000" else f"（{digits}）" if language == "zh" else f" ({digits})"
        return f"{province[language]}{beside}"
    for shape, names in ((SUBDIVISION, STATES), (COUNTRY, COUNTRIES)):
        if (found := shape.fullmatch(code)) and (name := names.get(found[1])):
            return name[language]
    return code
