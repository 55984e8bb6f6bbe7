{# Surnames of China: single characters, compounds, and their sounds in Latin letters, the longest first. Written by generate/normalise_tables.py. #}

{% macro surname_characters() %}{{ return(
    '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁' ~
    '尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼' ~
    '蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由'
) }}{% endmacro %}

{% macro compound_surnames() %}{{ return(
    '欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯|轩辕|长孙|宇文|端木|独孤|南宫|司空|西门|澹台|公冶|濮阳|淳于|申屠|赫连|呼延|闻人|钟离|拓跋|万俟|百里|东郭|纳兰|完颜|第五|左丘|梁丘|太史|鲜于|闾丘|亓官|乐正|公羊|谷梁'
) }}{% endmacro %}

{% macro surname_sounds() %}{{ return(
    'shangguan|dongfang|gongyang|liangqiu|xuanyuan|zhangsun|dongguo|gongsun|guliang|huangfu|lezheng|nangong|zhongli|chunyu|duanmu|gongye|helian|l' ~
    'inghu|murong|ouyang|puyang|qiguan|shentu|sikong|taishi|tantai|wanyan|wenren|xiahou|xianyu|zhuang|zuoqiu|baili|cheng|huang|huyan|jiang|kuang|' ~
    'liang|lvqiu|nalan|qiang|shang|sheng|shuai|tuoba|xiang|ximen|xiong|yuchi|yuwen|zhang|zheng|zhong|zhuge|bian|chai|chao|chen|cong|dang|deng|dia' ~
    'o|ding|diwu|dong|duan|dugu|fang|feng|geng|gong|guan|hang|heng|jian|jiao|jing|kang|kong|lang|leng|lian|liao|ling|long|luan|meng|miao|ming|moq' ~
    'i|ning|nong|pang|peng|piao|ping|qian|qiao|qing|quan|rong|ruan|sang|shan|shao|shen|sima|situ|song|tang|teng|tian|tong|wang|weng|xian|xiao|xin' ~
    'g|xuan|yang|ying|yong|yuan|zang|zeng|zhai|zhan|zhao|zhen|zhou|zhuo|zong|bai|ban|bao|bin|cai|cao|cen|che|chi|chu|cui|dai|dan|dou|fan|fei|gan|' ~
    'gao|gou|gui|guo|hai|han|hao|hou|hua|hui|huo|jia|jie|jin|kou|lai|lan|lao|lei|lin|liu|lou|luo|lyu|mai|man|mao|mei|men|min|mou|nan|nie|niu|nuo|' ~
    'pan|pei|qin|qiu|que|ran|rao|ren|rui|sha|she|shi|shu|sui|sun|suo|tai|tan|tao|wan|wei|wen|xia|xie|xin|xiu|xue|yan|yao|yin|you|yue|yun|zan|zha|' ~
    'zhi|zhu|zou|zuo|ai|an|ao|ba|bi|bu|di|du|fu|ge|gu|ha|he|hu|ji|ju|ke|le|li|lu|lv|ma|mi|mo|mu|na|ni|ou|pi|pu|qi|qu|ru|si|su|tu|wu|xi|xu|ye|yi|y' ~
    'u|zu'
) }}{% endmacro %}
