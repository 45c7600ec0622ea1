@echo off
rem The Chinese lines are GBK (code page 936); everything cmd acts on is ASCII.
chcp 936 >nul 2>nul
pushd "%~dp0"
set "CODE=2"
set "PYTHONUTF8=1"
set "VENV=.venv\Scripts\python.exe"
set "ENOUGH=import sys; sys.exit(sys.version_info < (3, 11))"
if not exist process.py goto nofiles

rem A .venv copied from another computer does not start: it is made anew.
if not exist "%VENV%" goto find
"%VENV%" -c "%ENOUGH%" >nul 2>nul
if "%errorlevel%"=="0" goto parts

:find
set "PY=py -3"
%PY% -c "%ENOUGH%" >nul 2>nul
if "%errorlevel%"=="0" goto venv
set "PY=python"
%PY% -c "%ENOUGH%" >nul 2>nul
if "%errorlevel%"=="0" goto venv
goto nopython

:venv
echo 第一次使用，正在准备运行环境……
%PY% -m venv --clear .venv
if not "%errorlevel%"=="0" goto novenv

:parts
rem Installed once, and again when requirements.txt has changed.
fc /b requirements.txt .venv\installed.txt >nul 2>nul
if "%errorlevel%"=="0" goto run
echo 正在安装所需的组件，约需几分钟……
set "FROM="
if exist wheels\ set "FROM=--no-index --find-links wheels"
"%VENV%" -m pip install --disable-pip-version-check --quiet %FROM% -r requirements.txt
if not "%errorlevel%"=="0" goto noparts
copy /y requirements.txt .venv\installed.txt >nul

:run
"%VENV%" process.py %*
set "CODE=%errorlevel%"
goto end

:nofiles
echo 这里没有程序文件。请先把压缩包完整解压，再双击解压后文件夹里的 运行.bat；
echo 不要单独复制 运行.bat，需要放在桌面上的，请发送快捷方式。
goto end

:nopython
echo 电脑上没有 Python，或者版本低于 3.11。
echo 请打开 https://www.python.org/downloads/windows/ 下载 Windows installer 64-bit，
echo 安装时勾选 Add python.exe to PATH，装好后再双击 运行.bat。
echo 不能上网的电脑，请在别的电脑下载安装文件后拷贝过来。
goto end

:novenv
echo 运行环境没有建成。请把整个文件夹移到可以写入的位置，如 D 盘，再运行一次。
goto end

:noparts
echo 组件没有装好。能上网的，请检查网络后再运行一次；
echo 不能上网的，请按 README.zh-CN.md 的说明准备 wheels 文件夹，放在 运行.bat 旁边。
goto end

:end
echo.
pause
popd
exit /b %CODE%
